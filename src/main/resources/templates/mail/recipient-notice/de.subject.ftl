Personenbezogene Daten wurden gelöscht: bitte löschen Sie sie auch [${body.requestId}/${body.number}]
