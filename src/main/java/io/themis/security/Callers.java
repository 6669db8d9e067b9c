package io.themis.security;

import io.themis.request.DataSubjectRequest;
import io.themis.request.EmailAddress;
import io.themis.security.Caller.Role;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.stereotype.Component;

/**
 * What a route asks about its caller. The caller travels as an attribute of the request, because a route runs on another
 * thread than the one that checked the caller.
 */
@Component
public class Callers {

    private static final String ATTRIBUTE = Caller.class.getName();

    static void remember(HttpServletRequest request, Caller caller) {
        request.setAttribute(ATTRIBUTE, caller);
    }

    /**
     * The caller of a request. In a route the request is header {@code CamelHttpServletRequest}.
     *
     * @param request null outside HTTP
     * @throws NotAllowedException if nobody was checked, as on the open path of the webhook
     */
    public Caller of(HttpServletRequest request) {
        if (request != null && request.getAttribute(ATTRIBUTE) instanceof Caller caller) {
            return caller;
        }
        throw new NotAllowedException();
    }

    /**
     * Passes if the caller may make a request for this person: a person for the own verified address only, everybody
     * else for anyone.
     *
     * @throws NotAllowedException otherwise
     */
    public void mayRequestFor(Caller caller, EmailAddress emailAddress) {
        if (!caller.isStaff() && !(caller.isAny(Role.PERSON) && caller.owns(emailAddress))) {
            throw new NotAllowedException();
        }
    }

    /**
     * Passes if the caller may read a request, by the same rule. Ask it before answering 404: to a person, an id that
     * doesn't exist and another person's id look the same.
     *
     * @param request null if there is none
     * @throws NotAllowedException otherwise
     */
    public void mayRead(Caller caller, DataSubjectRequest request) {
        mayRequestFor(caller, request == null ? null : request.emailAddress());
    }

    /**
     * Passes if the caller may intervene in requests.
     *
     * @throws NotAllowedException otherwise
     */
    public void mayOperate(Caller caller) {
        if (!caller.mayOperate()) {
            throw new NotAllowedException();
        }
    }

    /**
     * Passes if the caller may see a list of requests: their own, or everybody's for those who look after them.
     *
     * @throws NotAllowedException otherwise
     */
    public void mayList(Caller caller) {
        if (!caller.mayOperate() && !(caller.isAny(Role.PERSON) && caller.emailAddress() != null)) {
            throw new NotAllowedException();
        }
    }

    /**
     * Passes if the caller is the person whose request it is, who alone may have their data and change their mind.
     *
     * @throws NotAllowedException otherwise
     */
    public void mayActAsPerson(Caller caller, DataSubjectRequest request) {
        if (request == null || !caller.isAny(Role.PERSON) || !caller.owns(request.emailAddress())) {
            throw new NotAllowedException();
        }
    }

    /**
     * Passes if the caller may end the links to a package: the person, and whoever sees that they are in wrong hands.
     *
     * @throws NotAllowedException otherwise
     */
    public void mayEndLinks(Caller caller, DataSubjectRequest request) {
        if (!caller.mayOperate()) {
            mayActAsPerson(caller, request);
        }
    }

    /**
     * Passes if the caller is a privacy officer, who alone may know whose a request is, look at rows that may be other people's,
     * and decide. No gateway key may: it stands for nobody.
     *
     * @throws NotAllowedException otherwise
     */
    public void mustBeOfficer(Caller caller) {
        if (!caller.isOfficer()) {
            throw new NotAllowedException();
        }
    }

    /**
     * Passes if the caller may say that a recipient of the data has confirmed.
     *
     * @throws NotAllowedException otherwise
     */
    public void mayConfirm(Caller caller) {
        if (!caller.isStaff()) {
            throw new NotAllowedException();
        }
    }
}
