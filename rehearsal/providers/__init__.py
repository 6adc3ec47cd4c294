"""Stand-ins for Pulumi's resource providers, attached to the real engine over gRPC."""
