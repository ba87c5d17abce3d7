#!/usr/bin/perl
# imapclient.pl: Perl's Mail::IMAPClient: reads, flags, copies, searches, deletes in all mailboxes; in the end all mail goes into a Maildir.
use strict;
use warnings;
use Mail::IMAPClient;

my %env = map { $_ => $ENV{"IMAPDIFF_$_"} } qw(HOST TLS_PORT USER PASSWORD CA DIR);

sub connected {
    my $c = Mail::IMAPClient->new(
        Server => $env{HOST}, Port => $env{TLS_PORT}, User => $env{USER}, Password => $env{PASSWORD}, Uid => 1, Peek => 1,
        Timeout => 20, Ssl => [SSL_ca_file => $env{CA}, SSL_verify_mode => 1], @_);
    return $c || die "cannot log in: $@\n";
}

my $c = connected(Reconnectretry => 2);
for my $box ($c->folders) {
    $c->select($box) or next;
    my $found = $c->messages or next; # undef: it failed
    my @all = @$found or next;
    $c->fetch_hash("FLAGS", "RFC822.SIZE", "INTERNALDATE");
    $c->parse_headers([@all], "Subject", "Date");
    $c->set_flag("Flagged", @all);
    $c->search("SUBJECT", "o");
    if ($box eq "INBOX") {
        $c->copy("Trash", $all[0]) and $c->delete_message($all[0]) and $c->expunge;
    }
    $c->noop;
    $c->close;
}
my $folder = "$env{DIR}/cur";
system("rm", "-rf", $folder);
system("mkdir", "-p", $folder);
for my $box ($c->folders) {
    $c->examine($box) or die "$box is listed, but cannot be opened: " . $c->LastError . "\n";
    my $found = $c->messages or die "no SEARCH in $box: " . $c->LastError . "\n";
    for my $uid (@$found) {
        my $text = $c->message_string($uid);
        defined $text && length $text or next;
        open my $file, ">", "$folder/" . ($box =~ tr{/}{_}r) . ".$uid" or die "$!\n";
        print $file $text;
        close $file;
    }
}
$c->logout or die "no logout: " . $c->LastError . "\n";
