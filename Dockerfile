# Builds the worker and runs it as a user without rights, with the layers that change least first.
FROM maven:3.9.11-eclipse-temurin-17 AS build
WORKDIR /src
COPY pom.xml ./
COPY .mvn .mvn
COPY workflows workflows
COPY activities activities
COPY worker-app worker-app
COPY starter-cli starter-cli
RUN mvn -q -B -Dquick package -pl worker-app -am \
 && java -Djarmode=tools -jar worker-app/target/offshoot-worker-app-0.1.0-SNAPSHOT-app.jar \
      extract --layers --launcher --destination /layers

FROM eclipse-temurin:17.0.17_10-jre
WORKDIR /offshoot
COPY --from=build /layers/dependencies/ ./
COPY --from=build /layers/spring-boot-loader/ ./
COPY --from=build /layers/snapshot-dependencies/ ./
COPY --from=build /layers/application/ ./
USER 10001:10001
ENV JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=75 -XX:+ExitOnOutOfMemoryError"
EXPOSE 8081
# The image has no curl; bash speaks enough HTTP to ask for readiness.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=6 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8081 && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200'"]
ENTRYPOINT ["java", "org.springframework.boot.loader.launch.JarLauncher"]
CMD ["--config", "/etc/offshoot/offshoot.yml"]
