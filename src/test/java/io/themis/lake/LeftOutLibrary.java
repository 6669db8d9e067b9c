package io.themis.lake;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;

/** The application has no Hadoop and none of the libraries that the pom leaves out; the tests' writer needs them. */
enum LeftOutLibrary {
    HADOOP("org.apache.hadoop."),
    MAPS("org.locationtech."),
    POOL("org.apache.commons.pool.");

    private final String prefix;

    LeftOutLibrary(String prefix) {
        this.prefix = prefix;
    }

    /** @return what a public static method answers in a class loader that does not have this library */
    Object callWithout(Class<?> type, String method, byte[] file) throws Exception {
        URL[] classes = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .map(path -> {
                    try {
                        return path.toUri().toURL();
                    } catch (MalformedURLException e) {
                        throw new IllegalArgumentException(e);
                    }
                })
                .toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader()) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                if (name.startsWith(prefix)) {
                    throw new ClassNotFoundException(name);
                }
                return super.findClass(name);
            }
        }) {
            return loader.loadClass(type.getName())
                    .getMethod(method, byte[].class)
                    .invoke(null, (Object) file);
        }
    }
}
