@NullMarked
package dev.offshoot.client;

import org.jspecify.annotations.NullMarked;
