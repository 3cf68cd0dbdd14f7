import com.sun.net.httpserver.HttpServer;
import java.io.FileOutputStream;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/** A server of Java's own: `java Server.java PORT LOG`. */
public class Server {
    public static void main(String[] args) throws Exception {
        FileOutputStream log = new FileOutputStream(args[1], true);
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 128);
        server.createContext("/", exchange -> {
            String line = exchange.getRequestMethod() + " " + exchange.getRequestURI() + " 200\n";
            synchronized (log) {
                log.write(line.getBytes());
            }
            exchange.sendResponseHeaders(200, 6);
            exchange.getResponseBody().write("a body".getBytes());
            exchange.close();
        });
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.start();
    }
}
