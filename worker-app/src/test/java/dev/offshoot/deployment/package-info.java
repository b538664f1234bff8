/** What ships beside the code: image, compose file, examples, scripts. */
@org.jspecify.annotations.NullMarked
package dev.offshoot.deployment;
