"""Puts every server of a subscription into a private link scope: list, then PATCH by twenty threads, SDK retries on, until none is left."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from azure.mgmt.hybridcompute import HybridComputeManagementClient
from azure.mgmt.hybridcompute.models import MachineUpdate, MachineUpdateProperties

arm = os.environ["ARM"]
scope = os.environ["SCOPE"]

credential = ClientSecretCredential(
    os.environ["AZURE_TENANT_ID"],
    os.environ["AZURE_CLIENT_ID"],
    os.environ["AZURE_CLIENT_SECRET"],
    authority=arm,
    disable_instance_discovery=True,
)
client = HybridComputeManagementClient(
    credential, os.environ["SUBSCRIPTION"], base_url=arm, credential_scopes=[f"{arm}/.default"]
)
update = MachineUpdate(properties=MachineUpdateProperties(private_link_scope_resource_id=scope))


def belongs(machine):
    return (machine.properties.private_link_scope_resource_id or "").lower() == scope.lower()


def take(machine):
    group = machine.id.split("/")[4]
    try:
        client.machines.update(group, machine.name, update)
    except HttpResponseError as error:
        print(f"{machine.name}: {error.message}", file=sys.stderr)


for _ in range(5):
    left = [machine for machine in client.machines.list_by_subscription() if not belongs(machine)]
    if not left:
        sys.exit(0)
    with ThreadPoolExecutor(max_workers=20) as pool:
        list(pool.map(take, left))
sys.exit(1)
