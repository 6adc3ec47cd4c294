"""The control plane, its nodes and the add-ons AWS manages."""
