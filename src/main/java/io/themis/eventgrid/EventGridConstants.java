package io.themis.eventgrid;

import org.apache.camel.spi.Metadata;

/** Headers that describe an event; the {@code azure-eventgrid} component reads no others. */
public final class EventGridConstants {

    @Metadata(description = "Type of the event, Camel.Event if absent.", javaType = "String")
    public static final String EVENT_TYPE = "CamelAzureEventGridEventType";

    @Metadata(description = "Subject of the event, /camel/event if absent.", javaType = "String")
    public static final String SUBJECT = "CamelAzureEventGridSubject";

    @Metadata(
            description = "When it happened: an OffsetDateTime or ISO 8601 text, now if absent.",
            javaType = "OffsetDateTime")
    public static final String EVENT_TIME = "CamelAzureEventGridEventTime";

    @Metadata(
            description = "Id of the event, random if absent. The items of a List get id, id-2, id-3 and so on.",
            javaType = "String")
    public static final String ID = "CamelAzureEventGridId";

    @Metadata(
            description = "Version of the data's schema; becomes dataschema #VERSION, as Event Grid itself maps it.",
            javaType = "String")
    public static final String DATA_VERSION = "CamelAzureEventGridDataVersion";

    @Metadata(description = "Source of the event; the option source if absent.", javaType = "String")
    public static final String SOURCE = "CamelAzureEventGridSource";

    @Metadata(
            description =
                    "Trace that the event belongs to, in the form of W3C Trace Context; becomes the extension traceparent.",
            javaType = "String")
    public static final String TRACE_PARENT = "CamelAzureEventGridTraceParent";

    private EventGridConstants() {}
}
