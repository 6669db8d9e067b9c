package io.themis.page;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.Themis;
import io.themis.devservices.DevServices;
import io.themis.devservices.IdentityProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The page of a running application, somebody who visits it, and requests that are there without anybody having asked. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class VisitedPage {

    static final String OFFICER = "privacy-officer";

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Autowired
    IdentityProvider identity;

    @Autowired
    JdbcClient database;

    @Autowired
    ObjectMapper json;

    PageVisitor visitor;
    FoundRequests found;

    @BeforeAll
    void arrange() {
        visitor = new PageVisitor(themis);
        found = new FoundRequests(services, database, json);
    }

    @AfterAll
    void deleteWhatWasInserted() {
        found.delete();
    }
}
