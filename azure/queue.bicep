// The broker. Premium, because nothing less has a private endpoint; it is what costs most when nobody asks.

param name string
param location string
param subnetId string
param virtualNetworkId string
param scalerPrincipalId string
param vaultName string

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  sku: {
    name: 'Premium'
    tier: 'Premium'
    capacity: 1
  }
  properties: {
    minimumTlsVersion: '1.2'
    publicNetworkAccess: 'Disabled'
    // The client signs in by SASL with a name and a key; tokens would have to be put another way (CBS).
    disableLocalAuth: false
  }
}

// Where Themis puts what is no request, and Service Bus what it gives up.
resource dead 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {
  parent: namespace
  name: 'themis.requests.dead'
  properties: {
    deadLetteringOnMessageExpiration: false
    defaultMessageTimeToLive: 'P90D'
  }
}

resource requests 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {
  parent: namespace
  name: 'themis.requests'
  properties: {
    // Themis knows a message that comes again by its id, and may take another request under an id of long ago. Here it would be
    // dropped without a trace.
    requiresDuplicateDetection: false
    // Taking a message takes milliseconds. With the database away its replica tries it again and again; after this, another may.
    lockDuration: 'PT1M'
    // While the database is away, the end of each lock counts as a delivery, and the message must not be given up.
    maxDeliveryCount: 2000
    deadLetteringOnMessageExpiration: true
    defaultMessageTimeToLive: 'P14D'
    // Else it would lie in a queue below this one, where nobody looks.
    forwardDeadLetteredMessagesTo: 'themis.requests.dead'
  }
  dependsOn: [
    dead
  ]
}

resource key 'Microsoft.ServiceBus/namespaces/authorizationRules@2024-01-01' = {
  parent: namespace
  name: 'themis'
  properties: {
    rights: [
      'Listen'
      'Send'
    ]
  }
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName
}

resource stored 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'themis-queue-key'
  properties: {
    value: key.listKeys().primaryKey
  }
}

// To count what waits, KEDA reads the queue's properties. The built-in role with that right could read every message, too.
resource counting 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'themis-queue-length')
  properties: {
    roleName: 'Themis queue length (${resourceGroup().name})'
    description: 'Reads how many messages wait in a queue of Service Bus, and none of them.'
    type: 'CustomRole'
    assignableScopes: [
      resourceGroup().id
    ]
    permissions: [
      {
        actions: [
          'Microsoft.ServiceBus/namespaces/queues/read'
        ]
        notActions: []
      }
    ]
  }
}

resource counts 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(requests.id, scalerPrincipalId, counting.id)
  scope: requests
  properties: {
    principalId: scalerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: counting.id
  }
}

module endpoint 'private-endpoint.bicep' = {
  name: 'queue-namespace'
  params: {
    name: name
    location: location
    subnetId: subnetId
    virtualNetworkId: virtualNetworkId
    resourceId: namespace.id
    group: 'namespace'
    zone: 'privatelink.servicebus.windows.net'
  }
}

output host string = '${namespace.name}.servicebus.windows.net'
