Guten Tag<#if body.greeting?has_content> ${body.greeting}</#if>,

<#if body.kept?size == 0>
Ihre personenbezogenen Daten wurden am ${body.erasedAt} gelöscht. Danach haben wir überall noch einmal danach
gesucht und nichts gefunden.
<#else>
Ihre personenbezogenen Daten wurden am ${body.erasedAt} gelöscht, außer dem, was wir von Gesetzes wegen behalten
müssen oder dürfen. Danach haben wir überall noch einmal gesucht. Das ist noch da:

<#list body.kept as kept>
- ${kept.title}, Datensätze: ${kept.rows}. ${kept.ground}<#if kept.article??> (Artikel ${kept.article} DSGVO)</#if>. Bis: ${kept.until}.
</#list>

Wenn Sie das für falsch halten, können Sie sich bei einer Aufsichtsbehörde beschweren<#if body.authority?has_content>
(${body.authority})</#if> und vor Gericht gehen.
</#if>

Die Bescheinigung hängt an: als Seite zum Lesen, und als signierte Datei (JSON), mit der Sie es beweisen können.
Bitte bewahren Sie beide auf.

Wir benachrichtigen diejenigen, denen wir die Daten gegeben hatten, soweit wir dazu verpflichtet sind
(Artikel 19 DSGVO). Wenn Sie wissen möchten, wer das ist, antworten Sie auf diese E-Mail.

Ihre Anfrage: ${body.requestId}
