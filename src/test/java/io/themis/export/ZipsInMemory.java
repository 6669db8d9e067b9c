package io.themis.export;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** Zips by name, each there from the moment it was closed. */
class ZipsInMemory implements VolumeStore {

    final Map<String, byte[]> zips = new LinkedHashMap<>();

    @Override
    public OutputStream create(String name) {
        return new ByteArrayOutputStream() {
            @Override
            public void close() {
                zips.put(name, toByteArray());
            }
        };
    }
}
