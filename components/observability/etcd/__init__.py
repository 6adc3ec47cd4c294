"""etcd for what the platform itself remembers: a cluster of its own, apart from the control plane's."""
