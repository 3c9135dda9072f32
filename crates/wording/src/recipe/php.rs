//! Recipes for PHP: `PHPMailer`, `WordPress`, and Nextcloud.

use domain::Security;

use super::{CERTIFICATE_FILE, RecipeBlock, RecipeValues, quote::single, shell};

pub fn wordpress(values: &RecipeValues<'_>) -> Vec<RecipeBlock> {
    let mut constants = vec![
        "define( 'WPMS_ON', true );".to_owned(),
        "define( 'WPMS_MAILER', 'smtp' );".to_owned(),
        format!("define( 'WPMS_SMTP_HOST', {} );", single(values.host)),
        format!("define( 'WPMS_SMTP_PORT', {} );", values.port),
        format!(
            "define( 'WPMS_SSL', {} );",
            single(match values.security {
                Security::ImplicitTls => "ssl",
                Security::StartTls => "tls",
                Security::Plaintext => "",
            })
        ),
        format!(
            "define( 'WPMS_SMTP_AUTOTLS', {} );",
            values.security != Security::Plaintext
        ),
        format!(
            "define( 'WPMS_SMTP_AUTH', {} );",
            values.credentials.is_some()
        ),
    ];
    if let Some((user, password)) = values.credentials {
        constants.extend([
            format!("define( 'WPMS_SMTP_USER', {} );", single(user)),
            format!("define( 'WPMS_SMTP_PASS', {} );", single(password)),
        ]);
    }
    constants.extend([
        format!("define( 'WPMS_MAIL_FROM', {} );", single(values.address())),
        format!(
            "define( 'WPMS_MAIL_FROM_NAME', {} );",
            single(values.display_name())
        ),
    ]);
    let mut action = vec![
        "<?php".to_owned(),
        "add_action( 'phpmailer_init', function ( $mail ) {".to_owned(),
    ];
    let indented = |line: String| format!("    {line}");
    action.extend(mailer(values).into_iter().map(indented));
    action.push("} );".to_owned());
    vec![
        RecipeBlock::text(
            "wp-config.php",
            "For the plugin WP Mail SMTP. Add above \"That's all, stop editing\". Then WP Mail SMTP › Tools › Email Test sends a message.",
            &constants,
        ),
        RecipeBlock::text(
            "wp-content/mu-plugins/mailgrant.php",
            "Instead of a plugin: WordPress loads this file by itself.",
            &action,
        ),
    ]
}

pub fn php(values: &RecipeValues<'_>) -> Vec<RecipeBlock> {
    let mut script = vec!["$mail = new PHPMailer\\PHPMailer\\PHPMailer( true );".to_owned()];
    script.extend(mailer(values));
    script.push(format!(
        "$mail->setFrom( {}, {} );",
        single(values.address()),
        single(values.display_name())
    ));
    vec![
        RecipeBlock::text("PHPMailer", "For scripts that use PHPMailer.", &script),
        shell::msmtprc(
            values,
            "For scripts that call mail(): install msmtp, create this file, and let only PHP read it: chown root:www-data /etc/msmtprc && chmod 640 /etc/msmtprc",
            &[],
        ),
        RecipeBlock::text(
            "php.ini",
            "For scripts that call mail(): add to php.ini, and restart PHP or the web server.",
            &["sendmail_path = \"/usr/bin/msmtp -C /etc/msmtprc -t\"".to_owned()],
        ),
    ]
}

/// Returns the properties of `PHPMailer`.
fn mailer(values: &RecipeValues<'_>) -> Vec<String> {
    let secure = match values.security {
        Security::ImplicitTls => "ssl",
        Security::StartTls => "tls",
        Security::Plaintext => "",
    };
    let mut lines = vec![
        "$mail->isSMTP();".to_owned(),
        format!("$mail->Host = {};", single(values.host)),
        format!("$mail->Port = {};", values.port),
        format!("$mail->SMTPSecure = {};", single(secure)),
    ];
    if values.security == Security::Plaintext {
        lines.push("$mail->SMTPAutoTLS = false;".to_owned());
    }
    if let Some((user, password)) = values.credentials {
        lines.extend([
            "$mail->SMTPAuth = true;".to_owned(),
            format!("$mail->Username = {};", single(user)),
            format!("$mail->Password = {};", single(password)),
        ]);
    }
    if values.needs_certificate() {
        let file = single(CERTIFICATE_FILE);
        lines.push(format!(
            "$mail->SMTPOptions = array( 'ssl' => array( 'cafile' => {file} ) );"
        ));
    }
    lines.push("$mail->CharSet = 'UTF-8';".to_owned());
    lines
}

pub fn nextcloud(values: &RecipeValues<'_>) -> RecipeBlock {
    let secure = match values.security {
        Security::ImplicitTls => "ssl",
        // Nextcloud uses STARTTLS when the server offers it.
        Security::StartTls | Security::Plaintext => "",
    };
    let mut lines = vec![
        "'mail_smtpmode' => 'smtp',".to_owned(),
        format!("'mail_smtphost' => {},", single(values.host)),
        format!("'mail_smtpport' => {},", values.port),
        format!("'mail_smtpsecure' => {},", single(secure)),
        format!("'mail_smtpauth' => {},", values.credentials.is_some()),
    ];
    if let Some((user, password)) = values.credentials {
        lines.extend([
            format!("'mail_smtpname' => {},", single(user)),
            format!("'mail_smtppassword' => {},", single(password)),
        ]);
    }
    lines.extend([
        format!(
            "'mail_from_address' => {},",
            single(values.from.address.local_part())
        ),
        format!("'mail_domain' => {},", single(values.from.address.domain())),
    ]);
    if values.needs_certificate() {
        let file = single(CERTIFICATE_FILE);
        lines.push(format!(
            "'mail_smtpstreamoptions' => array( 'ssl' => array( 'cafile' => {file} ) ),"
        ));
    }
    RecipeBlock::text(
        "config/config.php",
        "Add within $CONFIG = array ( … ). Then Administration settings › Basic settings › Send email tests it.",
        &lines,
    )
}
