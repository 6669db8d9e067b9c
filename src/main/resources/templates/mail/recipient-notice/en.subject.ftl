Personal data was erased: please do the same [${body.requestId}/${body.number}]
