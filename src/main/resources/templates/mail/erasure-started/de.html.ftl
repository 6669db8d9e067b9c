<#ftl output_format="HTML">
<#import "../layout.ftl" as layout>
<@layout.mail language="de" title="Ihre Bitte um Löschung ist bei uns">
<p>Guten Tag<#if body.greeting?has_content> ${body.greeting}</#if>,</p>
<p>Sie haben uns gebeten, Ihre personenbezogenen Daten zu löschen. Wir suchen sie jetzt zusammen.</p>
<p>Bevor etwas gelöscht wird, sehen sich Menschen, die für den Datenschutz verantwortlich sind, an, was gelöscht wird und was wir von Gesetzes wegen behalten müssen. Sie müssen nichts weiter tun.</p>
<p><#if body.copyFirst>Sie haben vorher um eine Kopie Ihrer Daten gebeten. Darauf wartet die Löschung: Eine E-Mail sagt Ihnen, wo Sie die Kopie herunterladen, und eine spätere, dass die Löschung erledigt ist.<#else>Wir schreiben Ihnen, wenn es getan ist.</#if> Sie hören spätestens am <strong>${body.dueAt}</strong> von uns.</p>
<p>Falls Sie nicht darum gebeten haben, antworten Sie bitte sofort auf diese E-Mail: Was gelöscht ist, kommt nicht zurück.</p>
<@layout.small>Ihre Anfrage: ${body.requestId}</@layout.small>
</@layout.mail>
