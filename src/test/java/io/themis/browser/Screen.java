package io.themis.browser;

import com.microsoft.playwright.Browser.NewContextOptions;

/** What a person looks at a page with. */
public enum Screen {
    DESKTOP(1280, 900, false),
    PHONE(390, 844, true);

    private final int width;
    private final int height;
    private final boolean phone;

    Screen(int width, int height, boolean phone) {
        this.width = width;
        this.height = height;
        this.phone = phone;
    }

    /** Options of a visit with this screen. */
    public NewContextOptions options() {
        return new NewContextOptions()
                .setViewportSize(width, height)
                .setIsMobile(phone)
                .setHasTouch(phone)
                .setDeviceScaleFactor(phone ? 2 : 1);
    }
}
