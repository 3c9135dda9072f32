// Sends a message with JavaMail. The environment has the settings.

import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Properties;
import javax.mail.Message;
import javax.mail.Session;
import javax.mail.Transport;
import javax.mail.internet.InternetAddress;
import javax.mail.internet.MimeBodyPart;
import javax.mail.internet.MimeMessage;
import javax.mail.internet.MimeMultipart;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

public class JavaMail {
    public static void main(String[] arguments) throws Exception {
        String mode = System.getenv("MODE");
        String auth = System.getenv("AUTH");
        String protocol = mode.equals("tls") ? "smtps" : "smtp";
        String prefix = "mail." + protocol + ".";
        Properties properties = new Properties();
        properties.put(prefix + "host", "localhost");
        properties.put(prefix + "port", System.getenv("PORT"));
        properties.put(prefix + "starttls.enable", String.valueOf(mode.equals("starttls")));
        properties.put(prefix + "starttls.required", String.valueOf(mode.equals("starttls")));
        properties.put(prefix + "ssl.checkserveridentity", "true");
        properties.put(prefix + "ssl.socketFactory", trust(System.getenv("CERTIFICATE")).getSocketFactory());
        properties.put(prefix + "auth", String.valueOf(!auth.equals("none")));
        properties.put(prefix + "auth.mechanisms", auth.toUpperCase());
        Session session = Session.getInstance(properties);

        MimeBodyPart text = new MimeBodyPart();
        text.setText(Files.readString(Path.of(System.getenv("BODY"))), "utf-8");
        MimeBodyPart attachment = new MimeBodyPart();
        attachment.attachFile(System.getenv("ATTACHMENT"));
        MimeMessage message = new MimeMessage(session);
        message.setFrom(new InternetAddress(System.getenv("FROM")));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress(System.getenv("TO")));
        message.setSubject(System.getenv("SUBJECT"));
        message.setContent(new MimeMultipart(text, attachment));
        message.saveChanges();

        try (Transport transport = session.getTransport(protocol)) {
            if (auth.equals("none")) {
                transport.connect();
            } else {
                transport.connect(System.getenv("SENDER"), System.getenv("PASSWORD"));
            }
            transport.sendMessage(message, message.getAllRecipients());
        }
    }

    private static SSLContext trust(String certificate) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null);
        try (FileInputStream file = new FileInputStream(certificate)) {
            store.setCertificateEntry("mailgrant", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
