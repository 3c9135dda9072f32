# Sends a message with Ruby's Net::SMTP. The environment has the settings.

require "net/smtp"
require "openssl"

context = OpenSSL::SSL::SSLContext.new
context.set_params(ca_file: ENV["CERTIFICATE"])
smtp = Net::SMTP.new("localhost", ENV["PORT"].to_i)
case ENV["MODE"]
when "tls" then smtp.enable_tls(context)
when "starttls" then smtp.enable_starttls(context)
else smtp.disable_starttls
end
credentials = ENV["AUTH"] == "none" ? [] : [ENV["SENDER"], ENV["PASSWORD"], ENV["AUTH"].to_sym]
smtp.start("localhost", *credentials) do |session|
  session.send_message(File.binread(ENV["MESSAGE"]), ENV["FROM"], ENV["TO"])
end
