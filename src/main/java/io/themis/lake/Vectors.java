package io.themis.lake;

/**
 * Whether the JVM turns the vector API into instructions: if it was started with
 * {@code --add-modules=jdk.incubator.vector}, and is one on which the scan was measured to be faster so. On Java 17 it is five times slower.
 */
final class Vectors {

    static final boolean ARE_FAST = Runtime.version().feature() >= 25
            && ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

    private Vectors() {}
}
