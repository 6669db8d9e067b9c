package io.themis.enrichment;

import io.themis.request.DatasetFindings;

/** Is told what datasets answer, to count it. */
@FunctionalInterface
interface FindingsObserver {

    void recorded(DatasetFindings findings);
}
