"""How clients reach the API server: a kubeconfig whose credentials are fetched, never stored."""

import json

import pulumi
import pulumi_kubernetes as kubernetes

from components.compute.cluster import ClusterOutputs


def render(cluster: ClusterOutputs, region: str) -> pulumi.Output[str]:
    """Return a kubeconfig (JSON, which is YAML) that asks the AWS CLI for a token at every use."""
    return pulumi.Output.all(
        name=cluster.name, endpoint=cluster.endpoint, authority=cluster.certificate_authority
    ).apply(lambda facts: _kubeconfig(region=region, **facts))


def provider(
    name: str, cluster: ClusterOutputs, region: str, *, opts: pulumi.ResourceOptions | None = None
) -> kubernetes.Provider:
    """Return the one Kubernetes provider of a stack.

    It is known by the cluster's ARN: a new endpoint or certificate authority does not replace what is in the cluster.
    """
    return kubernetes.Provider(
        name,
        kubeconfig=render(cluster, region),
        cluster_identifier=cluster.arn,
        enable_server_side_apply=True,
        # Else a change of one would delete it first, and what mounts it would find nothing until it is made again.
        enable_config_map_mutable=True,
        enable_secret_mutable=True,
        opts=opts,
    )


def _kubeconfig(*, name: str, endpoint: str, authority: str, region: str) -> str:
    execute = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "aws",
        "args": ["eks", "get-token", "--cluster-name", name, "--region", region, "--output", "json"],
        "interactiveMode": "Never",
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": {"server": endpoint, "certificate-authority-data": authority}}],
            "users": [{"name": name, "user": {"exec": execute}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
    )
