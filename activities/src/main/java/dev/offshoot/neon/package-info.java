/**
 * Neon: its API, and branches of a project as home of ours. The API is known from its published
 * description (OpenAPI 3.0, package {@code @neondatabase/api-client}).
 */
@NullMarked
package dev.offshoot.neon;

import org.jspecify.annotations.NullMarked;
