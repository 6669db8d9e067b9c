// Themis in an API Management that is there: the contract and the page, their policies, and where Themis lives.
//   az deployment group create -g GROUP -f azure/gateway.bicep -p serviceName=... hostName=privacy.example.com gatewayAddress=10.20.1.4 ...

@description('Of API Management, with a system-assigned identity and in a network that reaches the cluster.')
param serviceName string

@description('Host name of the Gateway of k8s/overlays/azure, of its listener and its certificate, such as privacy.example.com.')
param hostName string

@description('Address of that Gateway within the network: kubectl -n themis get gateway themis')
param gatewayAddress string

@description('The network that API Management is in.')
param virtualNetworkId string

@description('Vault with the secret themis-gateway-key.')
param vaultName string

@description('Such as https://login.microsoftonline.com/TENANT/v2.0/.well-known/openid-configuration')
param openIdConfiguration string

@description('Id of the application that stands for the API, as in k8s/overlays/azure/settings.env.')
param audience string

// Of the page. Themis looks whether there is such a page at all.
var pageOperations = [
  {
    name: 'start'
    method: 'GET'
    urlTemplate: '/'
  }
  {
    name: 'look'
    method: 'GET'
    urlTemplate: '/*'
  }
  {
    name: 'do'
    method: 'POST'
    urlTemplate: '/*'
  }
]

// API Management names an operation by its id in lower case.
var openOperations = [
  'allowevents'
  'receiveevents'
  'getcertificatekeys'
]

// See Azure's list of built-in roles.
var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource service 'Microsoft.ApiManagement/service@2023-05-01-preview' existing = {
  name: serviceName
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName
}

resource gatewayKey 'Microsoft.KeyVault/vaults/secrets@2023-07-01' existing = {
  parent: vault
  name: 'themis-gateway-key'
}

// This secret and no other.
resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(gatewayKey.id, service.id, keyVaultSecretsUser)
  scope: gatewayKey
  properties: {
    principalId: service.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
  }
}

resource key 'Microsoft.ApiManagement/service/namedValues@2023-05-01-preview' = {
  parent: service
  name: 'themis-gateway-key'
  properties: {
    displayName: 'themis-gateway-key'
    secret: true
    keyVault: {
      secretIdentifier: '${vault.properties.vaultUri}secrets/themis-gateway-key'
    }
  }
  dependsOn: [
    reads
  ]
}

resource configuration 'Microsoft.ApiManagement/service/namedValues@2023-05-01-preview' = {
  parent: service
  name: 'themis-openid-configuration'
  properties: {
    displayName: 'themis-openid-configuration'
    value: openIdConfiguration
  }
}

resource tokenAudience 'Microsoft.ApiManagement/service/namedValues@2023-05-01-preview' = {
  parent: service
  name: 'themis-audience'
  properties: {
    displayName: 'themis-audience'
    value: audience
  }
}

// In the network the name leads to the Gateway, whose listener and certificate have it; elsewhere to API Management.
resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: hostName
  location: 'global'
}

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
  parent: zone
  name: 'themis'
  location: 'global'
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: virtualNetworkId
    }
  }
}

resource address 'Microsoft.Network/privateDnsZones/A@2024-06-01' = {
  parent: zone
  name: '@'
  properties: {
    ttl: 300
    aRecords: [
      {
        ipv4Address: gatewayAddress
      }
    ]
  }
}

// Not before its name leads there: API Management would call itself.
resource backend 'Microsoft.ApiManagement/service/backends@2023-05-01-preview' = {
  parent: service
  name: 'themis'
  properties: {
    url: 'https://${hostName}'
    protocol: 'http'
    tls: {
      validateCertificateChain: true
      validateCertificateName: true
    }
  }
  dependsOn: [
    link
    address
  ]
}

resource toBackend 'Microsoft.ApiManagement/service/policyFragments@2023-05-01-preview' = {
  parent: service
  name: 'themis-to-backend'
  properties: {
    format: 'xml'
    value: loadTextContent('../gateway/fragments/to-backend.xml')
  }
  dependsOn: [
    backend
  ]
}

resource answer 'Microsoft.ApiManagement/service/policyFragments@2023-05-01-preview' = {
  parent: service
  name: 'themis-answer'
  properties: {
    format: 'xml'
    value: loadTextContent('../gateway/fragments/answer.xml')
  }
}

resource unanswered 'Microsoft.ApiManagement/service/policyFragments@2023-05-01-preview' = {
  parent: service
  name: 'themis-unanswered'
  properties: {
    format: 'xml'
    value: loadTextContent('../gateway/fragments/unanswered.xml')
  }
}

resource apology 'Microsoft.ApiManagement/service/policyFragments@2023-05-01-preview' = {
  parent: service
  name: 'themis-apology'
  properties: {
    format: 'xml'
    value: loadTextContent('../gateway/fragments/apology.xml')
  }
}

resource problem 'Microsoft.ApiManagement/service/policyFragments@2023-05-01-preview' = {
  parent: service
  name: 'themis-problem'
  properties: {
    format: 'xml'
    value: loadTextContent('../gateway/fragments/problem.xml')
  }
}

// No subscription is required of all operations: the policies ask for one, or for a token, where the contract does.
resource api 'Microsoft.ApiManagement/service/apis@2023-05-01-preview' = {
  parent: service
  name: 'themis'
  properties: {
    displayName: 'Themis'
    path: ''
    protocols: [
      'https'
    ]
    subscriptionRequired: false
    format: 'openapi+json'
    value: loadTextContent('../gateway/openapi.json')
  }
}

resource policy 'Microsoft.ApiManagement/service/apis/policies@2023-05-01-preview' = {
  parent: api
  name: 'policy'
  properties: {
    format: 'xml'
    value: loadTextContent('../gateway/policies/api.xml')
  }
  dependsOn: [
    key
    configuration
    tokenAudience
    toBackend
    answer
    unanswered
    problem
  ]
}

resource operations 'Microsoft.ApiManagement/service/apis/operations@2023-05-01-preview' existing = [
  for operation in openOperations: {
    parent: api
    name: operation
  }
]

resource openPolicies 'Microsoft.ApiManagement/service/apis/operations/policies@2023-05-01-preview' = [
  for (operation, i) in openOperations: {
    parent: operations[i]
    name: 'policy'
    properties: {
      format: 'xml'
      value: loadTextContent('../gateway/policies/open.xml')
    }
    dependsOn: [
      toBackend
      answer
      unanswered
      problem
    ]
  }
]

resource page 'Microsoft.ApiManagement/service/apis@2023-05-01-preview' = {
  parent: service
  name: 'themis-page'
  properties: {
    displayName: 'Themis: the page'
    path: 'privacy'
    protocols: [
      'https'
    ]
    subscriptionRequired: false
  }
}

resource pageCalls 'Microsoft.ApiManagement/service/apis/operations@2023-05-01-preview' = [
  for operation in pageOperations: {
    parent: page
    name: operation.name
    properties: {
      displayName: '${operation.method} /privacy${operation.urlTemplate}'
      method: operation.method
      urlTemplate: operation.urlTemplate
      templateParameters: []
    }
  }
]

resource pagePolicy 'Microsoft.ApiManagement/service/apis/policies@2023-05-01-preview' = {
  parent: page
  name: 'policy'
  properties: {
    format: 'xml'
    value: loadTextContent('../gateway/policies/page.xml')
  }
  dependsOn: [
    toBackend
    answer
    apology
  ]
}
