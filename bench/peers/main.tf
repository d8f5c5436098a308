# Puts every server of a subscription into a private link scope: an azapi_update_resource for each.

terraform {
  required_providers {
    azapi = { source = "azure/azapi" }
  }
}

variable "arm" { type = string }
variable "tenant" { type = string }
variable "subscription" { type = string }
variable "scope" { type = string }

provider "azapi" {
  tenant_id                  = var.tenant
  subscription_id            = var.subscription
  use_cli                    = true
  use_msi                    = false
  skip_provider_registration = true
  endpoint = [{
    active_directory_authority_host = var.arm
    resource_manager_endpoint       = var.arm
    resource_manager_audience       = var.arm
  }]
}

data "azapi_resource_list" "servers" {
  type                   = "Microsoft.HybridCompute/machines@2024-07-10"
  parent_id              = "/subscriptions/${var.subscription}"
  response_export_values = ["value"]
}

resource "azapi_update_resource" "server" {
  for_each    = toset([for server in jsondecode(data.azapi_resource_list.servers.output).value : server.id])
  type        = "Microsoft.HybridCompute/machines@2024-07-10"
  resource_id = each.key
  body        = { properties = { privateLinkScopeResourceId = var.scope } }
}
