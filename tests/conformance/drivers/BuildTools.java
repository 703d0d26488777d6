// Drives the clients of VMware's Build Tools for Aria: one line of JSON asks, one line of JSON answers (see clients.py).
// Nothing here knows a path, a header or a document of the API: all of that is the client's.

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.vmware.pscoe.iac.artifact.configuration.ConfigurationVro;
import com.vmware.pscoe.iac.artifact.configuration.ConfigurationVroNg;
import com.vmware.pscoe.iac.artifact.configuration.ConfigurationVrops;
import com.vmware.pscoe.iac.artifact.model.Package;
import com.vmware.pscoe.iac.artifact.model.PackageFactory;
import com.vmware.pscoe.iac.artifact.model.PackageType;
import com.vmware.pscoe.iac.artifact.rest.RestClientFactory;
import com.vmware.pscoe.iac.artifact.rest.RestClientVro;
import com.vmware.pscoe.iac.artifact.rest.RestClientVrops;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.springframework.web.client.HttpStatusCodeException;

public class BuildTools {
    private static final Gson GSON = new GsonBuilder().serializeNulls().create();
    private static RestClientVro vro;
    private static RestClientVrops vrops;

    // The client prints and logs as it works; neither must get between the answers, nor into the report of a test.
    private static final PrintStream ANSWERS = System.out;

    private static String text(JsonObject given, String name) {
        return given.get(name).getAsString();
    }

    private static Properties properties(JsonObject given) {
        Properties found = new Properties();
        given.entrySet().forEach(each -> found.setProperty(each.getKey(), each.getValue().getAsString()));
        return found;
    }

    private static Properties place(JsonObject given) {
        URI url = URI.create(text(given, "url"));
        Properties found = new Properties();
        found.setProperty("host", url.getHost());
        found.setProperty("port", String.valueOf(url.getPort()));
        found.setProperty("username", text(given, "user"));
        found.setProperty("password", text(given, "password"));
        found.setProperty("packageImportConfigurationAttributeValues", "true");
        return found;
    }

    private static Package artifact(JsonObject given) {
        return PackageFactory.getInstance(PackageType.VRO, new File(text(given, "file")));
    }

    private static Object call(String name, JsonObject given) throws Exception {
        switch (name) {
            case "login":
                if (given.get("token").getAsBoolean()) {
                    vro = RestClientFactory.getClientVroNg(ConfigurationVroNg.fromProperties(place(given)));
                } else {
                    vro = RestClientFactory.getClientVro(ConfigurationVro.fromProperties(place(given)));
                }
                return vro.getVersion();
            case "packages":
                List<String> names = new ArrayList<>();
                vro.getPackages().forEach(each -> names.add(each.getFQName()));
                return names;
            case "import":
                return vro.importPackage(artifact(given), false, given.get("merge").getAsBoolean()).getFQName();
            case "export":
                return vro.exportPackage(artifact(given), false, true, false).getFilesystemPath();
            case "content":
                Map<String, String> content = new HashMap<>();
                vro.getPackageContent(artifact(given)).getContent()
                    .forEach(each -> content.put(each.getType() + " " + each.getName(), each.getId()));
                return content;
            case "delete":
                return vro.deletePackage(artifact(given), given.get("content").getAsBoolean(), false).getFQName();
            case "exists":
                return vro.isWorkflowExisting(text(given, "workflow"));
            case "types":
                return vro.getInputParametersTypes(text(given, "workflow"));
            case "start":
                String workflow = text(given, "workflow");
                Properties parameters = properties(given.getAsJsonObject("parameters"));
                return vro.startWorkflow(workflow, parameters, vro.getInputParametersTypes(workflow));
            case "state":
                return vro.getExecutionState(text(given, "workflow"), text(given, "execution"));
            case "execution":
                var run = vro.getExecution(text(given, "workflow"), text(given, "execution"));
                Map<String, Object> told = new HashMap<>();
                told.put("state", run.getState());
                told.put("error", run.getError());
                told.put("output", run.getOutput());
                return told;
            case "logs":
                return vro.getWorkflowLogs(text(given, "workflow"), text(given, "execution"), "debug", 0);
            case "operations":
                Properties there = place(given);
                there.setProperty("dashboardUser", text(given, "user"));
                there.setProperty("restUser", text(given, "user"));
                there.setProperty("restPassword", text(given, "password"));
                there.setProperty("restAuthProvider", text(given, "provider"));
                there.setProperty("sshPort", "22");
                vrops = RestClientFactory.getClientVrops(ConfigurationVrops.fromProperties(there));
                return vrops.getVersion();
            case "resources":
                List<String> resources = new ArrayList<>();
                vrops.getResourcesPerAdapterType(text(given, "kind")).getResourceList()
                    .forEach(each -> resources.add(each.getResourceKey().getName()));
                return resources;
            default:
                throw new IllegalArgumentException(name);
        }
    }

    public static void main(String[] arguments) throws Exception {
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        System.setErr(new PrintStream(OutputStream.nullOutputStream()));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonObject asked = GSON.fromJson(line, JsonObject.class);
            Map<String, Object> answer = new HashMap<>();
            try {
                answer.put("value", call(asked.get("call").getAsString(), asked.getAsJsonObject("arguments")));
            } catch (Exception problem) {
                Map<String, Object> error = new HashMap<>();
                error.put("kind", problem.getClass().getSimpleName());
                error.put("text", String.valueOf(problem.getMessage()));
                boolean answered = problem instanceof HttpStatusCodeException;
                error.put("status", answered ? ((HttpStatusCodeException) problem).getRawStatusCode() : null);
                answer.put("error", error);
            }
            ANSWERS.println(GSON.toJson(answer));
        }
    }
}
