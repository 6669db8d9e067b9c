// The request database. Nobody has a password: an administrator of the directory lets the identities in (docs/operations.md).

param name string
param location string
param subnetId string
param virtualNetworkId string

@description('Group of the directory whose members administer the database.')
param administratorGroupId string
param administratorGroupName string

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: name
  location: location
  sku: {
    name: 'Standard_B1ms'
    tier: 'Burstable'
  }
  properties: {
    version: '16'
    storage: {
      storageSizeGB: 32
    }
    backup: {
      backupRetentionDays: 14
      geoRedundantBackup: 'Disabled'
    }
    highAvailability: {
      mode: 'Disabled'
    }
    network: {
      publicNetworkAccess: 'Disabled'
    }
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: subscription().tenantId
    }
  }
}

resource administrators 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2024-08-01' = {
  parent: server
  name: administratorGroupId
  properties: {
    principalType: 'Group'
    principalName: administratorGroupName
    tenantId: subscription().tenantId
  }
}

resource database 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2024-08-01' = {
  parent: server
  name: 'themis'
  properties: {
    charset: 'UTF8'
    collation: 'en_US.utf8'
  }
  dependsOn: [
    administrators
  ]
}

module endpoint 'private-endpoint.bicep' = {
  name: 'database-server'
  params: {
    name: name
    location: location
    subnetId: subnetId
    virtualNetworkId: virtualNetworkId
    resourceId: server.id
    group: 'postgresqlServer'
    zone: 'privatelink.postgres.database.azure.com'
  }
}

output host string = server.properties.fullyQualifiedDomainName
