// The data lake. Whoever fills it has roles of their own.

@description('Three to 24 letters and digits, unique in Azure.')
param name string
param location string
param subnetId string
param virtualNetworkId string
param principalId string

@description('Whether people may ask for erasure. Else the lake is only read.')
param erases bool

// See Azure's list of built-in roles. A contributor can't delete old versions, nor keep a file's tags.
var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var storageBlobDataReader = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
var role = erases ? storageBlobDataOwner : storageBlobDataReader

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: location
  kind: 'StorageV2'
  sku: {
    name: 'Standard_ZRS'
  }
  properties: {
    isHnsEnabled: true
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Disabled'
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
}

resource lake 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: 'lake'
  properties: {
    publicAccess: 'None'
  }
}

resource uses 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(lake.id, principalId, role)
  scope: lake
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}

module blobEndpoint 'private-endpoint.bicep' = {
  name: 'lake-blob'
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

module dfsEndpoint 'private-endpoint.bicep' = {
  name: 'lake-dfs'
  params: {
    name: name
    location: location
    subnetId: subnetId
    virtualNetworkId: virtualNetworkId
    resourceId: account.id
    group: 'dfs'
    zone: 'privatelink.dfs.${environment().suffixes.storage}'
  }
}

output endpoint string = account.properties.primaryEndpoints.blob
