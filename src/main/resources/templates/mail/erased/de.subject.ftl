<#if body.changed>Ihre Daten sind gelöscht<#else>Ihre Bitte um Löschung ist erledigt</#if>
