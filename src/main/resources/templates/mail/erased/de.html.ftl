<#ftl output_format="HTML">
<#import "../layout.ftl" as layout>
<@layout.mail language="de" title=body.changed?then("Ihre Daten sind gelöscht", "Ihre Bitte um Löschung ist erledigt")>
<p>Guten Tag<#if body.greeting?has_content> ${body.greeting}</#if>,</p>
<#if body.kept?size == 0 && body.changed>
<p>Ihre personenbezogenen Daten wurden am ${body.erasedAt} gelöscht. Danach haben wir überall noch einmal danach gesucht und nichts gefunden.</p>
<#elseif body.kept?size == 0>
<p>Wir haben überall gesucht und nichts von Ihnen gefunden, was zu löschen wäre.</p>
<#else>
<#if body.changed>
<p>Ihre personenbezogenen Daten wurden am ${body.erasedAt} gelöscht, außer dem, was wir von Gesetzes wegen behalten müssen oder dürfen. Danach haben wir überall noch einmal gesucht. Das ist noch da:</p>
<#else>
<p>Am ${body.erasedAt} wurde nichts gelöscht, weil wir von Gesetzes wegen behalten müssen oder dürfen, was wir von Ihnen haben. Wir haben überall gesucht. Das ist da:</p>
</#if>
<ul>
<#list body.kept as kept>
<li><strong>${kept.title}</strong>, Datensätze: ${kept.rows}. ${kept.ground}<#if kept.article??> (${kept.article})</#if>. Bis: ${kept.until}.</li>
</#list>
</ul>
<p>Wenn Sie das für falsch halten, können Sie sich bei einer Aufsichtsbehörde beschweren<#if body.authority?has_content> (${body.authority})</#if> und vor Gericht gehen.</p>
</#if>
<#if body.replaced?has_content>
<p>Diese Datensätze sind noch da, aber ohne Sie: Was darin auf Sie hinwies, wurde ersetzt.</p>
<ul>
<#list body.replaced as replaced>
<li><strong>${replaced.title}</strong>: Werte ersetzt ${replaced.records}<#if replaced.columns?has_content> (${replaced.columns})</#if>.</li>
</#list>
</ul>
</#if>
<#if body.packageGoesAt??>
<p>Eine Kopie Ihrer Daten, um die Sie gebeten hatten, können Sie bis ${body.packageGoesAt} herunterladen. Dann wird auch sie gelöscht.</p>
</#if>
<p>Die Bescheinigung hängt an: als Seite zum Lesen, und als signierte Datei (JSON), mit der Sie es beweisen können. Bitte bewahren Sie beide auf.</p>
<p>Wir benachrichtigen diejenigen, denen wir die Daten gegeben hatten, soweit wir dazu verpflichtet sind (Artikel 19 DSGVO). Wenn Sie wissen möchten, wer das ist, antworten Sie auf diese E-Mail.</p>
<@layout.small>Ihre Anfrage: ${body.requestId}</@layout.small>
</@layout.mail>
