// The topic on which packages and erasures are announced. Its subscription comes when Themis runs: subscription.bicep.

param name string
param location string
param subnetId string
param virtualNetworkId string
param principalId string

// See Azure's list of built-in roles.
var eventGridDataSender = 'd5a91429-5739-47e2-a06b-3470a27159e7'

resource topic 'Microsoft.EventGrid/topics@2022-06-15' = {
  name: name
  location: location
  properties: {
    inputSchema: 'CloudEventSchemaV1_0'
    disableLocalAuth: true
    publicNetworkAccess: 'Disabled'
  }
}

resource publishes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(topic.id, principalId, eventGridDataSender)
  scope: topic
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', eventGridDataSender)
  }
}

module endpoint 'private-endpoint.bicep' = {
  name: 'events-topic'
  params: {
    name: name
    location: location
    subnetId: subnetId
    virtualNetworkId: virtualNetworkId
    resourceId: topic.id
    group: 'topic'
    zone: 'privatelink.eventgrid.azure.net'
  }
}

output endpoint string = topic.properties.endpoint
