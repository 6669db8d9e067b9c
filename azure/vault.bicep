// What can't be a token: keys that Themis signs and seals with, the gateway's key, passwords. People put them in.

@description('Three to 24 letters, digits and hyphens, unique in Azure.')
param name string
param location string
param subnetId string
param virtualNetworkId string
param principalId string

// See Azure's list of built-in roles.
var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true
    publicNetworkAccess: 'Disabled'
    networkAcls: {
      defaultAction: 'Deny'
      bypass: 'AzureServices'
    }
  }
}

resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, keyVaultSecretsUser)
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
  }
}

module endpoint 'private-endpoint.bicep' = {
  name: 'vault-vault'
  params: {
    name: name
    location: location
    subnetId: subnetId
    virtualNetworkId: virtualNetworkId
    resourceId: vault.id
    group: 'vault'
    zone: 'privatelink.vaultcore.azure.net'
  }
}

output name string = vault.name
