// The containers of Themis.

@description('Three to 24 letters and digits, unique in Azure.')
param name string
param location string
param subnetId string
param virtualNetworkId string
param principalId string

var written = ['staging', 'packages', 'review', 'index']

// See Azure's list of built-in roles.
var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var storageBlobDelegator = 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_ZRS'
  }
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    // People open their links from anywhere; a link is a signature that ends, and nothing else opens a blob.
    publicNetworkAccess: 'Enabled'
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = [
  for container in written: {
    parent: blobs
    name: container
    properties: {
      publicAccess: 'None'
    }
  }
]

// Themis deletes all of this itself; the rules are for what was given up. A link lives seven days at most.
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2023-05-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'staging-and-review'
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['staging/', 'review/']
            }
            actions: {
              baseBlob: {
                delete: {
                  daysAfterModificationGreaterThan: 40
                }
              }
            }
          }
        }
        {
          name: 'packages'
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['packages/']
            }
            actions: {
              baseBlob: {
                delete: {
                  daysAfterModificationGreaterThan: 8
                }
              }
            }
          }
        }
      ]
    }
  }
}

resource writes 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (container, i) in written: {
    name: guid(containers[i].id, principalId, storageBlobDataContributor)
    scope: containers[i]
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)
    }
  }
]

// Signs links; Azure has this right for an account only.
resource signs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, principalId, storageBlobDelegator)
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDelegator)
  }
}

module blobEndpoint 'private-endpoint.bicep' = {
  name: 'storage-blob'
  params: {
    name: name
    location: location
    subnetId: subnetId
    virtualNetworkId: virtualNetworkId
    resourceId: account.id
    group: 'blob'
    zone: 'privatelink.blob.${environment().suffixes.storage}'
  }
}

output endpoint string = account.properties.primaryEndpoints.blob
