// Who opens what: Themis, and KEDA when it counts. A token of the cluster's service account stands for each; there is no key.

param location string

@description('Issuer of the cluster\'s tokens: az aks show --query oidcIssuerProfile.issuerUrl')
param oidcIssuer string

@description('Service account of KEDA\'s operator, as namespace:name. The add-on of AKS has kube-system:keda-operator.')
param kedaServiceAccount string

resource themis 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'themis'
  location: location

  resource pods 'federatedIdentityCredentials' = {
    name: 'pods'
    properties: {
      issuer: oidcIssuer
      subject: 'system:serviceaccount:themis:themis'
      audiences: [
        'api://AzureADTokenExchange'
      ]
    }
  }
}

resource scaler 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'themis_scaler'
  location: location

  resource keda 'federatedIdentityCredentials' = {
    name: 'keda'
    properties: {
      issuer: oidcIssuer
      subject: 'system:serviceaccount:${kedaServiceAccount}'
      audiences: [
        'api://AzureADTokenExchange'
      ]
    }
  }
}

output themisPrincipalId string = themis.properties.principalId
output themisClientId string = themis.properties.clientId
output scalerPrincipalId string = scaler.properties.principalId
output scalerClientId string = scaler.properties.clientId
