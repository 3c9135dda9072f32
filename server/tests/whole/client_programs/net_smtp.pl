# Sends a message with Perl's Net::SMTP. The environment has the settings.

use strict;
use warnings;
use Authen::SASL qw(Perl);
use Net::SMTP;

my %tls = (SSL_ca_file => $ENV{CERTIFICATE}, SSL_verifycn_name => "localhost");
my $smtp = Net::SMTP->new(
    "localhost", Port => $ENV{PORT}, Hello => "localhost", SSL => $ENV{MODE} eq "tls", %tls,
) or die "no connection: $@";
if ($ENV{MODE} eq "starttls") {
    $smtp->starttls(%tls) or die "no TLS: " . $smtp->message;
}
if ($ENV{AUTH} ne "none") {
    my $sasl = Authen::SASL->new(
        mechanism => uc $ENV{AUTH},
        callback => {user => $ENV{SENDER}, authname => "", pass => $ENV{PASSWORD}},
    );
    $smtp->auth($sasl) or die "no sign-in: " . $smtp->message;
}
open my $file, "<:raw", $ENV{MESSAGE} or die $!;
my $message = do { local $/; <$file> };
$smtp->mail($ENV{FROM}) && $smtp->to($ENV{TO}) && $smtp->data($message) or die $smtp->message;
$smtp->quit;
