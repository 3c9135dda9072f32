<?php
// Sends a message with PHPMailer. The environment has the settings.

require "libphp-phpmailer/autoload.php";

$mail = new PHPMailer\PHPMailer\PHPMailer(true);
$mail->isSMTP();
$mail->Host = "localhost";
$mail->Port = (int) getenv("PORT");
$mail->SMTPAutoTLS = false;
$mail->SMTPSecure = ["plain" => "", "starttls" => "tls", "tls" => "ssl"][getenv("MODE")];
$mail->SMTPOptions = ["ssl" => ["cafile" => getenv("CERTIFICATE")]];
if (getenv("AUTH") !== "none") {
    $mail->SMTPAuth = true;
    $mail->AuthType = strtoupper(getenv("AUTH"));
    $mail->Username = getenv("SENDER");
    $mail->Password = getenv("PASSWORD");
}
$mail->CharSet = "utf-8";
$mail->setFrom(getenv("FROM"));
$mail->addAddress(getenv("TO"));
$mail->Subject = getenv("SUBJECT");
$mail->Body = file_get_contents(getenv("BODY"));
$mail->addAttachment(getenv("ATTACHMENT"), "scan.bin");
$mail->send();
