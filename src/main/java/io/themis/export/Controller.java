package io.themis.export;

/**
 * The company that answers, as the Article 15 sheet names it. What is not set (null) is left out of the pages, except
 * {@code automatedDecisions}, where the sheet says that nothing was stated.
 *
 * @param contact where to write to, in one line
 * @param dataProtectionOfficer how to reach the data protection officer, in one line (Art. 13(1)(b))
 * @param supervisoryAuthority where to complain, in one line (Art. 15(1)(f))
 * @param automatedDecisions whether there is automated decision-making, including profiling, and with what logic and
 *     consequences (Art. 15(1)(h))
 */
public record Controller(
        String name,
        String contact,
        String dataProtectionOfficer,
        String supervisoryAuthority,
        String automatedDecisions) {}
