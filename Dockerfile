# The image: layers that change seldom below those that change often, nobody's root, and an archive of loaded classes, so
# that a replica that KEDA wakes is there sooner. Build the jar first: mvn package && docker build -t REGISTRY/themis:0.1.0 .
FROM eclipse-temurin:17.0.15_6-jre-noble AS jre

FROM jre AS layers
WORKDIR /build
COPY target/themis-*.jar themis.jar
RUN java -Djarmode=tools -jar themis.jar extract --layers --destination layers

FROM jre AS run
WORKDIR /opt/themis
COPY --from=layers /build/layers/dependencies/ ./
COPY --from=layers /build/layers/snapshot-dependencies/ ./
COPY --from=layers /build/layers/application/ ./

FROM run AS classes
COPY docker/archive-classes /usr/local/bin/
RUN archive-classes

FROM run
COPY --from=classes /opt/themis/themis.jsa ./
# Heap: half of the container's memory; what is free of it goes back to the system, as most of the time nothing happens.
# After an OutOfMemoryError nobody knows what is broken: the process ends, and another replica takes its steps.
ENV JAVA_TOOL_OPTIONS="-XX:SharedArchiveFile=/opt/themis/themis.jsa -XX:+UseSerialGC -XX:MaxRAMPercentage=50 -XX:MaxNewSize=32m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=20 -XX:ReservedCodeCacheSize=96m -XX:TrimNativeHeapInterval=10000 -XX:+ExitOnOutOfMemoryError" \
    MALLOC_ARENA_MAX=2
USER 10001:10001
EXPOSE 8080 9876
ENTRYPOINT ["java", "-jar", "themis.jar"]
