package dev.offshoot.http;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;

/** A body that the client does not send again by itself, whatever the server answers. */
public final class JsonBody extends RequestBody {
  private static final MediaType JSON = MediaType.get("application/json");

  private final RequestBody body;

  public JsonBody(String json) {
    body = RequestBody.create(json, JSON);
  }

  @Override
  public MediaType contentType() {
    return JSON;
  }

  @Override
  public long contentLength() throws IOException {
    return body.contentLength();
  }

  @Override
  public boolean isOneShot() {
    return true;
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    body.writeTo(sink);
  }
}
