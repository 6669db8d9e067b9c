Guten Tag<#if body.greeting?has_content> ${body.greeting}</#if>,

<#if body.kept?size == 0 && body.changed>
Ihre personenbezogenen Daten wurden am ${body.erasedAt} gelöscht. Danach haben wir überall noch einmal danach
gesucht und nichts gefunden.
<#elseif body.kept?size == 0>
Wir haben überall gesucht und nichts von Ihnen gefunden, was zu löschen wäre.
<#else>
<#if body.changed>
Ihre personenbezogenen Daten wurden am ${body.erasedAt} gelöscht, außer dem, was wir von Gesetzes wegen behalten
müssen oder dürfen. Danach haben wir überall noch einmal gesucht. Das ist noch da:
<#else>
Am ${body.erasedAt} wurde nichts gelöscht, weil wir von Gesetzes wegen behalten müssen oder dürfen, was wir von
Ihnen haben. Wir haben überall gesucht. Das ist da:
</#if>

<#list body.kept as kept>
- ${kept.title}, Datensätze: ${kept.rows}. ${kept.ground}<#if kept.article??> (${kept.article})</#if>. Bis: ${kept.until}.
</#list>

Wenn Sie das für falsch halten, können Sie sich bei einer Aufsichtsbehörde beschweren<#if body.authority?has_content>
(${body.authority})</#if> und vor Gericht gehen.
</#if>

<#if body.replaced?has_content>
Diese Datensätze sind noch da, aber ohne Sie: Was darin auf Sie hinwies, wurde ersetzt.

<#list body.replaced as replaced>
- ${replaced.title}: Werte ersetzt ${replaced.records}<#if replaced.columns?has_content> (${replaced.columns})</#if>.
</#list>

</#if>
<#if body.packageGoesAt??>
Eine Kopie Ihrer Daten, um die Sie gebeten hatten, können Sie bis ${body.packageGoesAt}
herunterladen. Dann wird auch sie gelöscht.

</#if>
Die Bescheinigung hängt an: als Seite zum Lesen, und als signierte Datei (JSON), mit der Sie es beweisen können.
Bitte bewahren Sie beide auf.

Wir benachrichtigen diejenigen, denen wir die Daten gegeben hatten, soweit wir dazu verpflichtet sind
(Artikel 19 DSGVO). Wenn Sie wissen möchten, wer das ist, antworten Sie auf diese E-Mail.

Ihre Anfrage: ${body.requestId}
