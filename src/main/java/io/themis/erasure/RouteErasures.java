package io.themis.erasure;

import io.themis.request.DataSubjectRequest;
import java.util.List;
import org.springframework.stereotype.Component;

@Component
public class RouteErasures {
    public List<String> datasets(DataSubjectRequest r) {
        return List.of();
    }
}
