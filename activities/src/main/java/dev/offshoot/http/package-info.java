/**
 * What every HTTP client of ours has in common; each client is a class of the room that needs it.
 */
@NullMarked
package dev.offshoot.http;

import org.jspecify.annotations.NullMarked;
