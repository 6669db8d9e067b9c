Guten Tag,

wir hatten Ihnen personenbezogene Daten dieser Person gegeben:

${body.emailAddress}

Am ${body.erasedAt} haben wir sie gelöscht, weil die Person ein Recht darauf hat (Artikel 17 DSGVO). Das müssen
wir Ihnen mitteilen (Artikel 19 DSGVO). Bitte löschen auch Sie die Daten, alle Links darauf und alle Kopien, es
sei denn, das Gesetz verlangt, dass Sie sie behalten.
<#if body.kinds?has_content>

Es waren:

<#list body.kinds as kind>
- ${kind.title}: ${kind.categories?join("; ")}
</#list>
</#if>

Bitte bestätigen Sie es, indem Sie auf diese E-Mail antworten, ohne ihren Betreff zu ändern. Wenn Sie unsere
Schnittstelle aufrufen, bestätigen Sie mit
POST /api/v1/requests/${body.requestId}/recipients/${body.number}/receipt

<#if body.controller?has_content>${body.controller}. </#if><#if body.contact?has_content>${body.contact}. </#if>Mitteilung ${body.number} zur Anfrage ${body.requestId}
