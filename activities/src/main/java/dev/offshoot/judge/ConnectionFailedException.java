package dev.offshoot.judge;

import dev.langchain4j.exception.LangChain4jException;
import java.io.IOException;

/** The model's server cannot be reached, or went away in the middle of its answer. */
final class ConnectionFailedException extends LangChain4jException {
  ConnectionFailedException(IOException cause) {
    super("the connection failed", cause);
  }
}
