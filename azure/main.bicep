// What Themis needs around it on Azure, besides the cluster, its network and API Management, which mostly are there.
//   az deployment group create -g GROUP -f azure/main.bicep -p name=themis-example storageName=themisexample lakeName=themisexamplelake ...
// Not compiled where it was written. docs/operations.md says what comes before and after.

@description('Of the topic, the broker, the database and the vault; unique in Azure, 24 characters at most.')
param name string

@description('Of the storage account: three to 24 letters and digits, unique in Azure.')
param storageName string

@description('Of the data lake: as above, another one.')
param lakeName string

param location string = resourceGroup().location

@description('Subnet for private endpoints.')
param subnetId string

@description('The network that the cluster is in.')
param virtualNetworkId string

@description('az aks show --query oidcIssuerProfile.issuerUrl')
param oidcIssuer string

@description('Service account of KEDA\'s operator, as namespace:name; the add-on of AKS has kube-system:keda-operator.')
param kedaServiceAccount string = 'kube-system:keda-operator'

@description('Group of the directory whose members administer the database.')
param administratorGroupId string
param administratorGroupName string

@description('Whether people may ask for erasure. Else the lake is only read.')
param erases bool = true

module identities 'identities.bicep' = {
  name: 'themis-identities'
  params: {
    location: location
    oidcIssuer: oidcIssuer
    kedaServiceAccount: kedaServiceAccount
  }
}

module storage 'storage.bicep' = {
  name: 'themis-storage'
  params: {
    name: storageName
    location: location
    subnetId: subnetId
    virtualNetworkId: virtualNetworkId
    principalId: identities.outputs.themisPrincipalId
  }
}

// After the other account: both have an entry in the same private zone.
module lake 'lake.bicep' = {
  name: 'themis-lake'
  params: {
    name: lakeName
    location: location
    subnetId: subnetId
    virtualNetworkId: virtualNetworkId
    principalId: identities.outputs.themisPrincipalId
    erases: erases
  }
  dependsOn: [
    storage
  ]
}

module events 'events.bicep' = {
  name: 'themis-events'
  params: {
    name: name
    location: location
    subnetId: subnetId
    virtualNetworkId: virtualNetworkId
    principalId: identities.outputs.themisPrincipalId
  }
}

module vault 'vault.bicep' = {
  name: 'themis-vault'
  params: {
    name: name
    location: location
    subnetId: subnetId
    virtualNetworkId: virtualNetworkId
    principalId: identities.outputs.themisPrincipalId
  }
}

module queue 'queue.bicep' = {
  name: 'themis-queue'
  params: {
    name: name
    location: location
    subnetId: subnetId
    virtualNetworkId: virtualNetworkId
    scalerPrincipalId: identities.outputs.scalerPrincipalId
    vaultName: vault.outputs.name
  }
}

module database 'database.bicep' = {
  name: 'themis-database'
  params: {
    name: name
    location: location
    subnetId: subnetId
    virtualNetworkId: virtualNetworkId
    administratorGroupId: administratorGroupId
    administratorGroupName: administratorGroupName
  }
}

// For k8s/overlays/azure.
output themisClientId string = identities.outputs.themisClientId
output scalerClientId string = identities.outputs.scalerClientId
output storageEndpoint string = storage.outputs.endpoint
output lakeEndpoint string = lake.outputs.endpoint
output topicEndpoint string = events.outputs.endpoint
output queueHost string = queue.outputs.host
output databaseHost string = database.outputs.host
