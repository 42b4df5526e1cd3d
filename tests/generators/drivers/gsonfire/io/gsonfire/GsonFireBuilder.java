package io.gsonfire;

import com.google.gson.GsonBuilder;

/**
 * Stands in for the library gson-fire, which no registry here has. The generated clients only make a GsonBuilder with it:
 * the contract has no discriminators.
 */
public class GsonFireBuilder {
    public GsonBuilder createGsonBuilder() {
        return new GsonBuilder();
    }
}
