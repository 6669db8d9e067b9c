Guten Tag,

wir hatten Ihnen personenbezogene Daten dieser Person gegeben:

${body.emailAddress}

Am ${body.erasedAt} haben wir <#if body.erased>sie gelöscht<#if body.replaced>, oder die Person daraus entfernt, wo dies unten gesagt wird</#if><#else>die Person daraus entfernt</#if>, weil die Person ein Recht darauf hat (Artikel 17 DSGVO). Das müssen
wir Ihnen mitteilen (Artikel 19 DSGVO). Bitte löschen auch Sie die Daten, alle Links darauf und alle Kopien, es
sei denn, das Gesetz verlangt, dass Sie sie behalten.
<#if body.kinds?has_content>

Es waren:

<#list body.kinds as kind>
- ${kind.title}: ${kind.categories?join("; ")}<#if kind.replaced??>. Werte ersetzt ${kind.replaced}<#if kind.columns?has_content> (${kind.columns})</#if>, die bleiben<#if kind.erased>; andere sind gelöscht</#if></#if>
</#list>
</#if>

Bitte bestätigen Sie es, indem Sie auf diese E-Mail antworten, ohne ihren Betreff zu ändern. Wenn Sie unsere
Schnittstelle aufrufen, bestätigen Sie mit
POST ${body.receipt}

<#if body.controller?has_content>${body.controller}, </#if><#if body.contact?has_content>${body.contact}, </#if>Mitteilung ${body.number} zur Anfrage ${body.requestId}
