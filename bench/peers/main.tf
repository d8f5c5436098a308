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

# Their ids: a data source with 1,000 servers in it makes every step of the apply slower, by far.
variable "servers" { type = list(string) }

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

resource "azapi_update_resource" "server" {
  for_each    = toset(var.servers)
  type        = "Microsoft.HybridCompute/machines@2024-07-10"
  resource_id = each.key
  body        = { properties = { privateLinkScopeResourceId = var.scope } }
}
