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

resource "azapi_update_resource" "server" {
  # By number: each resource looks at all of a for_each or a data source, and 1,000 of them at 1,000 take minutes.
  count       = 1001
  type        = "Microsoft.HybridCompute/machines@2024-07-10"
  resource_id = format("/subscriptions/${var.subscription}/resourceGroups/rg/providers/Microsoft.HybridCompute/machines/plant-%04d", count.index + 1)
  body        = { properties = { privateLinkScopeResourceId = var.scope } }
}
