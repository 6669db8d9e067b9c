// Themis' own subscription to its events. Event Grid asks the webhook at once, so deploy this when a replica runs:
//   az deployment group create -g GROUP -f azure/subscription.bicep -p topicName=... publicUrl=... webhookSecret=...

param topicName string

@description('Where others reach Themis, such as https://privacy.example.com.')
param publicUrl string

@description('themis.event-grid.webhook-secret')
@secure()
param webhookSecret string

resource topic 'Microsoft.EventGrid/topics@2022-06-15' existing = {
  name: topicName
}

resource webhook 'Microsoft.EventGrid/eventSubscriptions@2022-06-15' = {
  name: 'themis'
  scope: topic
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    filter: {
      includedEventTypes: [
        'User.DataConsolidated'
      ]
    }
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: '${publicUrl}/hooks/event-grid?code=${webhookSecret}'
      }
    }
    retryPolicy: {
      eventTimeToLiveInMinutes: 1440
      maxDeliveryAttempts: 30
    }
  }
}
