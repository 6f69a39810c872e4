"""Administrators of one account: the others might as well not exist."""

from .sample import DEMO, ENTERPRISE, KEYS, TEAM, Case, address, client, unknown

OWN = KEYS["account"]
CALLS = {"InboundCalling": True, "OutboundCalling": True, "SMS": True}
ONE = ("get_user", "update_user", "logout_user", "reset_personal_pin", "get_user_settings", "update_user_settings")
MANY = {"UserEmailList": ["someone@example.org"]}


class Tenants(Case):
    full = client(KEYS["FullAccess"])
    managing = client(KEYS["UserManagement"])
    reading = client(KEYS["ReadOnly"])

    def calls(self, account, user):
        """Every operation on an account."""
        whom = {"AccountId": account, "UserId": user}
        return [
            ("get_account", {"AccountId": account}),
            ("list_users", {"AccountId": account}),
            ("get_user", whom),
            ("update_user", {**whom, "LicenseType": "Pro"}),
            ("logout_user", whom),
            ("invite_users", {"AccountId": account, **MANY}),
            ("create_user", {"AccountId": account, "Email": address()}),
            ("batch_update_user", {"AccountId": account, "UpdateUserRequestItems": [{"UserId": user, "LicenseType": "Pro"}]}),
            ("batch_suspend_user", {"AccountId": account, "UserIdList": [user]}),
            ("batch_unsuspend_user", {"AccountId": account, "UserIdList": [user]}),
            ("update_account", {"AccountId": account, "Name": "Another name"}),
            ("delete_account", {"AccountId": account}),
            ("get_account_settings", {"AccountId": account}),
            ("update_account_settings", {"AccountId": account, "AccountSettings": {"EnableDialOut": True}}),
            ("associate_signin_delegate_groups_with_account", {"AccountId": account, "SigninDelegateGroups": [{"GroupName": "A"}]}),
            ("disassociate_signin_delegate_groups_from_account", {"AccountId": account, "GroupNames": ["A"]}),
            ("reset_personal_pin", whom),
            ("get_user_settings", whom),
            ("update_user_settings", {**whom, "UserSettings": {"Telephony": CALLS}}),
        ]

    def test_only_the_own_account_is_listed(self):
        for chime in (self.full, self.managing, self.reading):
            self.assertEqual([account["AccountId"] for account in chime.list_accounts()["Accounts"]], [OWN])
            self.assertEqual(chime.list_accounts(UserEmail="barbara@corp.example")["Accounts"], [])

    def test_another_account_looks_unknown(self):
        stranger = next(user["id"] for user in DEMO["users"] if user["account"] == ENTERPRISE)
        nowhere, nobody = unknown(), unknown()
        for foreign, made_up in zip(self.calls(ENTERPRISE, stranger), self.calls(nowhere, nobody)):
            with self.subTest(foreign[0]):
                texts = []
                for (name, members), ids in ((foreign, (ENTERPRISE, stranger)), (made_up, (nowhere, nobody))):
                    answer = self.refused("NotFoundException", getattr(self.full, name), **members)
                    text = answer["Message"]
                    for sent, word in zip(ids, ("ACCOUNT", "USER")):
                        text = text.replace(sent, word)
                    texts.append(text)
                self.assertEqual(texts[0], texts[1])

    def test_another_accounts_user_looks_unknown(self):
        stranger, nobody = next(user["id"] for user in DEMO["users"] if user["account"] == TEAM), unknown()
        for foreign, made_up in zip(self.calls(OWN, stranger), self.calls(OWN, nobody)):
            if foreign[0] not in ONE:
                continue
            with self.subTest(foreign[0]):
                texts = []
                for (name, members), user in ((foreign, stranger), (made_up, nobody)):
                    answer = self.refused("NotFoundException", getattr(self.full, name), **members)
                    texts.append(answer["Message"].replace(user, "USER"))
                self.assertEqual(texts[0], texts[1])
        answer = self.full.batch_suspend_user(AccountId=OWN, UserIdList=[stranger, nobody])
        said = [(error["ErrorCode"], error["ErrorMessage"].replace(error["UserId"], "USER")) for error in answer["UserErrors"]]
        self.assertEqual(said[0], said[1])
        self.assertEqual(len(self.user(TEAM, "grace@example.com")), 1)

    def test_an_account_is_the_operators_to_create(self):
        self.refused("ForbiddenException", self.full.create_account, Name="Not mine to make")
        self.refused("ForbiddenException", self.full.delete_account, AccountId=OWN)
        self.refused("ForbiddenException", self.full.get_global_settings)
        self.refused("ForbiddenException", self.full.update_global_settings, BusinessCalling={"CdrBucket": "mine"})

    def test_roles(self):
        invite = self.managing.invite_users(AccountId=OWN, UserEmailList=[address()])["Invites"][0]
        user = invite["InviteId"]
        self.assertEqual(invite["Status"], "Pending")
        before = self.users(OWN)
        self.reading.get_account(AccountId=OWN)
        self.assertNotIn("PersonalPIN", self.reading.get_user(AccountId=OWN, UserId=user)["User"])
        for name, members in self.calls(OWN, user):
            if not name.startswith(("get", "list")):
                with self.subTest(name):
                    self.refused("ForbiddenException", getattr(self.reading, name), **members)
        self.assertEqual(self.users(OWN), before)

    def test_a_token_of_another_key(self):
        self.full.invite_users(AccountId=OWN, UserEmailList=[address(), address()])
        token = self.full.list_users(AccountId=OWN, MaxResults=1)["NextToken"]
        self.full.list_users(AccountId=OWN, NextToken=token)
        self.refused("BadRequestException", self.reading.list_users, AccountId=OWN, NextToken=token)
        self.refused("BadRequestException", self.chime.list_users, AccountId=OWN, NextToken=token)

    def test_a_list_goes_on_after_who_is_gone(self):
        account = self.new_account()
        emails = [f"{letter}@example.org" for letter in "abc"]
        invites = self.chime.invite_users(AccountId=account, UserEmailList=emails)["Invites"]
        token = self.chime.list_users(AccountId=account, MaxResults=1)["NextToken"]
        self.chime.batch_suspend_user(AccountId=account, UserIdList=[invite["InviteId"] for invite in invites[:2]])
        rest = self.chime.list_users(AccountId=account, NextToken=token)["Users"]
        self.assertEqual([user["PrimaryEmail"] for user in rest], emails[2:])

    def test_a_revoked_key_is_dead(self):
        self.refused("UnrecognizedClientException", client(KEYS["revoked"]).list_accounts)
